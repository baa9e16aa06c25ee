package dev.herald.server.testing;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A Markdown file of the repository, as a test needs it: its code blocks, its links, its tables. */
public record Document(Path file, String text) {
    private static final Pattern BLOCK =
            Pattern.compile("^```(?<language>[a-z]*)\n(?<code>.*?)^```$", Pattern.MULTILINE | Pattern.DOTALL);
    private static final Pattern LINK = Pattern.compile("\\[[^\\]]*\\]\\((?<target>[^)]+)\\)");

    public static Document read(Path file) {
        try {
            return new Document(file, Files.readString(file));
        } catch (IOException e) {
            throw new UncheckedIOException(file.toString(), e);
        }
    }

    /** A fenced block. */
    public record Block(String language, String code) {}

    public List<Block> blocks() {
        List<Block> blocks = new ArrayList<>();
        Matcher matcher = BLOCK.matcher(text);
        while (matcher.find()) {
            blocks.add(new Block(matcher.group("language"), matcher.group("code")));
        }
        return blocks;
    }

    /** Where its links lead, outside of code. */
    public List<String> links() {
        return LINK.matcher(BLOCK.matcher(text).replaceAll(""))
                .results()
                .map(result -> result.group(1))
                .toList();
    }

    /** The rows of its tables, without heads. */
    public List<String> rowsBelow(String heading) {
        int start = text.indexOf("\n## " + heading + "\n");
        int end = text.indexOf("\n## ", start + 1);
        return text.substring(start, end < 0 ? text.length() : end)
                .lines()
                .filter(line -> line.startsWith("|"))
                .skip(2)
                .toList();
    }
}
