package dev.herald.server.mail;

import io.pebbletemplates.pebble.PebbleEngine;
import io.pebbletemplates.pebble.attributes.methodaccess.NoOpMethodAccessValidator;
import io.pebbletemplates.pebble.error.PebbleException;
import io.pebbletemplates.pebble.template.PebbleTemplate;
import io.pebbletemplates.pebble.template.PebbleTemplateImpl;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Loads the templates of a kind of mail: {@code subject.txt}, {@code body.txt} and {@code body.html} of the folder named
 * like the kind, each from the override directory if it is there. In HTML every value is escaped.
 */
public final class Templates {
    /** No mail is longer; a runaway value ends as a {@link TemplateException}. */
    private static final int LONGEST = 500_000;

    private final TemplateFiles files;
    private final PebbleEngine text;
    private final PebbleEngine html;

    /** Templates with an override directory (TEMPLATE_DIR), or without. */
    public Templates(Optional<Path> overrideDirectory) {
        files = new TemplateFiles(overrideDirectory);
        text = engine(false);
        html = engine(true);
    }

    /**
     * Reads, parses and checks one kind's templates.
     *
     * @param kind the folder's name
     * @param sampleVariables every variable a template may name, with a value to try it with
     * @throws TemplateException when a file is missing or broken, or names a variable that isn't among them; the message
     *     says which file, line and variable
     */
    public TemplateSet load(String kind, Map<String, String> sampleVariables) {
        Set<String> names = sampleVariables.keySet();
        TemplateSet set = new TemplateSet(
                parse(text, kind + "/subject.txt", names),
                parse(text, kind + "/body.txt", names),
                parse(html, kind + "/body.html", names));
        RenderedMail sample = set.render(Map.copyOf(sampleVariables));
        HeaderText.fault(sample.subject()).ifPresent(reason -> {
            throw new TemplateException(files.origin(kind + "/subject.txt"), 0, "must be one line of text: " + reason);
        });
        return set;
    }

    private PebbleTemplate parse(PebbleEngine engine, String name, Set<String> variables) {
        String origin = files.origin(name);
        try {
            PebbleTemplateImpl template = (PebbleTemplateImpl) engine.getTemplate(name);
            new TemplateCheck(origin, variables).check(template.getRootNode());
            return template;
        } catch (PebbleException e) {
            throw new TemplateException(origin, TemplateSet.line(e.getLineNumber()), e.getPebbleMessage());
        }
    }

    private PebbleEngine engine(boolean escaping) {
        return new PebbleEngine.Builder()
                .loader(files)
                .autoEscaping(escaping)
                .defaultEscapingStrategy("html")
                .strictVariables(true)
                .newLineTrimming(false)
                .cacheActive(false)
                .maxRenderedSize(LONGEST)
                .methodAccessValidator(new NoOpMethodAccessValidator())
                .defaultLocale(Locale.ROOT)
                .build();
    }
}
