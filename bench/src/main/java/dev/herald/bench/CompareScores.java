package dev.herald.bench;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;

/** Compares two JSON results of JMH: {@code bench/jmh compare before.json after.json}. */
public final class CompareScores {
    private CompareScores() {}

    /** A benchmark's average and its 99.9 % error. */
    private record Score(double value, double error, String unit) {
        /** Whether the two can be told apart: their intervals don't touch. */
        boolean differsFrom(Score other) {
            return Math.abs(value - other.value) > error + other.error;
        }
    }

    /** Prints one line a benchmark that both have. */
    public static void main(String[] arguments) throws IOException {
        if (arguments.length != 2) {
            System.err.println("usage: bench/jmh compare BEFORE.json AFTER.json");
            System.exit(2);
        }
        Map<String, Score> before = read(Path.of(arguments[0]));
        Map<String, Score> after = read(Path.of(arguments[1]));
        before.forEach((name, old) -> {
            Score now = after.get(name);
            if (now != null) {
                System.out.printf(
                        "%-55s %12.1f -> %12.1f %-6s %5.2f times%s%n",
                        name,
                        old.value(),
                        now.value(),
                        old.unit(),
                        now.value() / old.value(),
                        now.differsFrom(old) ? "" : " (within the error)");
            }
        });
    }

    private static Map<String, Score> read(Path file) throws IOException {
        Map<String, Score> scores = new LinkedHashMap<>();
        for (JsonElement element :
                JsonParser.parseString(Files.readString(file)).getAsJsonArray()) {
            JsonObject result = element.getAsJsonObject();
            JsonObject metric = result.getAsJsonObject("primaryMetric");
            String name = result.get("benchmark").getAsString().replace("dev.herald.server.", "");
            double error = metric.get("scoreError").getAsDouble();
            scores.put(
                    name,
                    new Score(
                            metric.get("score").getAsDouble(),
                            Double.isNaN(error) ? 0 : error,
                            metric.get("scoreUnit").getAsString()));
        }
        return scores;
    }
}
