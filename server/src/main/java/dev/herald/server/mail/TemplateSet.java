package dev.herald.server.mail;

import io.pebbletemplates.pebble.error.PebbleException;
import io.pebbletemplates.pebble.template.PebbleTemplate;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The templates of one kind of mail, parsed and checked. Values are text to it: they are never read as templates. Thread-safe. */
public final class TemplateSet {
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
        String line = evaluate(subject, variables).replaceFirst("\\R$", "");
        return new RenderedMail(line, evaluate(text, variables), evaluate(html, variables));
    }

    private static String evaluate(PebbleTemplate template, Map<String, Object> variables) {
        StringWriter out = new StringWriter(2_048);
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
