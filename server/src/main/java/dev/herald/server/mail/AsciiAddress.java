package dev.herald.server.mail;

/** The rules of {@link MailAddress} for plain addresses, which most are, without regular expressions. */
final class AsciiAddress {
    private static final int LONGEST_LABEL = 63;
    private static final String ATOM_MARKS = "!#$%&'*+/=?^_`{|}~-";

    private AsciiAddress() {}

    /** Whether an ASCII text with its last at sign there is a dot-atom and a domain name. */
    static boolean isValid(String text, int at) {
        return at <= MailAddress.LONGEST_LOCAL_PART && isDotAtom(text, at) && isDomain(text, at + 1);
    }

    private static boolean isDotAtom(String text, int end) {
        char before = '.';
        for (int i = 0; i < end; i++) {
            char c = text.charAt(i);
            if (c == '.' ? before == '.' : !isAtomCharacter(c)) {
                return false;
            }
            before = c;
        }
        return before != '.';
    }

    private static boolean isAtomCharacter(char c) {
        return HeaderText.isLetterOrDigit(c) || ATOM_MARKS.indexOf(c) >= 0;
    }

    private static boolean isDomain(String text, int start) {
        int label = start;
        for (int dot = text.indexOf('.', label); dot >= 0; dot = text.indexOf('.', label)) {
            if (!isLabel(text, label, dot)) {
                return false;
            }
            label = dot + 1;
        }
        return isLabel(text, label, text.length());
    }

    private static boolean isLabel(String text, int start, int end) {
        if (end == start || end - start > LONGEST_LABEL || text.charAt(start) == '-' || text.charAt(end - 1) == '-') {
            return false;
        }
        for (int i = start; i < end; i++) {
            if (!HeaderText.isLetterOrDigit(text.charAt(i)) && text.charAt(i) != '-') {
                return false;
            }
        }
        return true;
    }
}
