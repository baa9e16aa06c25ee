package dev.herald.server.mail;

import io.pebbletemplates.pebble.error.PebbleException;
import io.pebbletemplates.pebble.template.PebbleTemplate;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The templates of one kind of mail, parsed and checked. Values are text to it: they are never read as templates. Thread-safe. */
public final class TemplateSet {
    /** As {@code \R} of regular expressions has it. */
    private static final String LINE_ENDS = "\n\u000B\f\r\u0085\u2028\u2029";

    private final PebbleTemplate subject;
    private final PebbleTemplate text;
    private final PebbleTemplate html;

    TemplateSet(PebbleTemplate subject, PebbleTemplate text, PebbleTemplate html) {
        this.subject = subject;
        this.text = text;
        this.html = html;
    }

    /**
     * Renders one mail.
     *
     * @param variables a value for each variable that was known when the set was loaded
     * @throws TemplateException when it can't be rendered
     */
    public RenderedMail render(Map<String, Object> variables) {
        String line = withoutLastLineEnd(evaluate(subject, variables));
        return new RenderedMail(line, evaluate(text, variables), evaluate(html, variables));
    }

    private static String withoutLastLineEnd(String text) {
        int end = text.length();
        if (end == 0 || LINE_ENDS.indexOf(text.charAt(end - 1)) < 0) {
            return text;
        }
        boolean pair = text.endsWith("\r\n");
        return text.substring(0, end - (pair ? 2 : 1));
    }

    private static String evaluate(PebbleTemplate template, Map<String, Object> variables) {
        TextWriter out = new TextWriter(2_048);
        try {
            template.evaluate(out, variables, Locale.ROOT);
            return out.toString();
        } catch (PebbleException e) {
            throw new TemplateException(template.getName(), line(e.getLineNumber()), "can't be rendered");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static int line(@Nullable Integer number) {
        return number == null ? 0 : number;
    }
}
