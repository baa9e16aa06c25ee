package dev.herald.bench;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The load program: {@code bench/run [--quick] [CASE …]}, all cases when none is named. What the machine can do comes first. */
public final class Bench {
    private static final BenchCase MACHINE = new SmtpSourceCase();
    private static final Map<String, BenchCase> CASES = cases();

    private Bench() {}

    /** Runs the named cases in order; ends with 2 when a name is unknown. */
    public static void main(String[] arguments) {
        List<String> names = new ArrayList<>(Arrays.asList(arguments));
        boolean quick = names.remove("--quick");
        if (!CASES.keySet().containsAll(names)) {
            System.err.println(
                    "usage: bench/run [--quick] [CASE …]; the cases are " + String.join(", ", CASES.keySet()));
            System.exit(2);
        }
        run(names.isEmpty() ? List.copyOf(CASES.keySet()) : names, quick ? Sizes.quick() : Sizes.full());
    }

    private static void run(List<String> names, Sizes sizes) {
        Path root = Path.of(System.getProperty("herald.root", "")).toAbsolutePath();
        try (Rig rig = Rig.open(root, sizes, SmtpTools.findOrFetch(Rig.target(root)))) {
            if (rig.tools().isEmpty()) {
                System.err.println("no smtp-sink: install Postfix, or name the folder of smtp-sink and smtp-source in"
                        + " SMTP_TOOLS; until then the bench's own slower sink takes its place, and no ratio is shown");
            }
            MACHINE.run(rig);
            names.stream()
                    .map(CASES::get)
                    .filter(one -> one != null && !one.equals(MACHINE))
                    .forEach(one -> one.run(rig));
            System.out.println();
            System.out.println(rig.report().table());
        }
    }

    private static Map<String, BenchCase> cases() {
        Map<String, BenchCase> cases = new LinkedHashMap<>();
        cases.put("smtp-source", MACHINE);
        cases.put("trips", new TripsCase());
        cases.put("delivery", new DeliveryCase());
        cases.put("delivery-20ms", new DelayedCase());
        cases.put("generate", new GenerateCase());
        cases.put("small", new SmallCase());
        cases.put("memory", new MemoryCase());
        cases.put("kill", new KillCase());
        cases.put("validate", new ValidateCase());
        cases.put("claim", new ClaimCase());
        cases.put("idle", new IdleCase());
        return cases;
    }
}
