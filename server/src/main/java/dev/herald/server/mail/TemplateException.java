package dev.herald.server.mail;

/** A template is missing, broken, or names a variable that doesn't exist. The message never holds a variable's value. */
public final class TemplateException extends RuntimeException {
    private final String file;
    private final int line;

    TemplateException(String file, int line, String fault) {
        super(file + (line > 0 ? ", line " + line : "") + ": " + fault, null, false, false);
        this.file = file;
        this.line = line;
    }

    /** The file, as a path or as the name of a resource. */
    public String file() {
        return file;
    }

    /** The line, from 1; 0 when the fault is the whole file's. */
    public int line() {
        return line;
    }
}
