package dev.herald.server.mail;

/**
 * What a {@link TemplateSet} made.
 *
 * @param subject one line
 * @param text the plain-text part
 * @param html the HTML part
 */
public record RenderedMail(String subject, String text, String html) {
    /** Nothing of it: it may hold a link. */
    @Override
    public String toString() {
        return "RenderedMail";
    }
}
