package dev.herald.server.mail;

import java.nio.charset.StandardCharsets;
import java.util.Base64;

/**
 * Writes the text of one part behind its Content-Type, in the plainest transfer encoding that keeps it whole (RFC 2045).
 * Every line end becomes CR LF, and the last line has one. Not thread-safe.
 */
final class PartWriter {
    /**
     * No part holds it behind two hyphens at a line's start: 7bit is not used for such a line, quoted-printable writes an
     * equals sign as {@code =3D}, and base64 has no hyphen.
     */
    static final String BOUNDARY = "=_herald_alternatives_=";

    private static final int LONGEST_LINE = 998;
    /** Of quoted-printable, without the equals sign of a soft line break. */
    private static final int LONGEST_QUOTED = 75;

    private static final Base64.Encoder BASE64 = Base64.getMimeEncoder();
    private static final byte[] HEX = "0123456789ABCDEF".getBytes(StandardCharsets.US_ASCII);
    private static final String ENCODING = "Content-Transfer-Encoding: ";

    private final Octets lines = new Octets();

    /**
     * Adds the remaining header, the empty line and the part.
     *
     * @param dotsDoubled whether a dot at a line's start is doubled, for SMTP; only 7bit has any
     */
    void write(Octets out, String text, boolean dotsDoubled) {
        byte[] octets = text.getBytes(StandardCharsets.UTF_8);
        int start = out.size();
        out.add(ENCODING).add("7bit\r\n\r\n");
        if (isAddedPlain(out, octets, dotsDoubled)) {
            return;
        }
        out.cutTo(start);
        // Quoted-printable takes three octets for each of those, base64 four for any three.
        if (unprintable(octets) * 6L < octets.length) {
            addQuoted(out.add(ENCODING).add("quoted-printable\r\n\r\n"), octets);
        } else {
            addBase64(out.add(ENCODING).add("base64\r\n\r\n"), octets);
        }
    }

    private static boolean isAddedPlain(Octets out, byte[] text, boolean dotsDoubled) {
        int start = 0;
        do {
            int end = endOfPlainLine(text, start);
            if (end < 0 || end - start > LONGEST_LINE || mayDelimit(text, start, end)) {
                return false;
            }
            if (dotsDoubled && end > start && text[start] == '.') {
                out.add('.');
            }
            out.add(text, start, end).lineEnd();
            start = behindLineEnd(text, end);
        } while (start < text.length);
        return true;
    }

    private static boolean mayDelimit(byte[] text, int start, int end) {
        return end - start >= 4
                && text[start] == '-'
                && text[start + 1] == '-'
                && text[start + 2] == '='
                && text[start + 3] == '_';
    }

    /** Where the line ends; -1 when it holds anything but printable ASCII and TAB. */
    private static int endOfPlainLine(byte[] text, int start) {
        for (int i = start; i < text.length; i++) {
            byte octet = text[i];
            if ((octet < ' ' && octet != '\t') || octet == 0x7F) {
                return isLineEnd(octet) ? i : -1;
            }
        }
        return text.length;
    }

    private static int endOfLine(byte[] text, int start) {
        int end = start;
        while (end < text.length && !isLineEnd(text[end])) {
            end++;
        }
        return end;
    }

    private static int behindLineEnd(byte[] text, int end) {
        return end + 1 < text.length && text[end] == '\r' && text[end + 1] == '\n' ? end + 2 : end + 1;
    }

    private static boolean isLineEnd(byte octet) {
        return octet == '\r' || octet == '\n';
    }

    private static int unprintable(byte[] text) {
        int count = 0;
        for (byte octet : text) {
            if ((octet < ' ' && octet != '\t' && !isLineEnd(octet)) || octet == 0x7F) {
                count++;
            }
        }
        return count;
    }

    private static void addQuoted(Octets out, byte[] text) {
        int start = 0;
        do {
            int end = endOfLine(text, start);
            addQuotedLine(out, text, start, end);
            start = behindLineEnd(text, end);
        } while (start < text.length);
    }

    private static void addQuotedLine(Octets out, byte[] text, int start, int end) {
        int column = 0;
        int i = start;
        while (i < end) {
            int run = endOfLiterals(text, i, end, column);
            out.add(text, i, run);
            column += run - i;
            i = run;
            if (i < end && column > LONGEST_QUOTED - 3) {
                out.add('=').lineEnd();
                column = 0;
            } else if (i < end) {
                out.add('=').add(HEX[(text[i] >> 4) & 0xF]).add(HEX[text[i] & 0xF]);
                column += 3;
                i++;
            }
        }
        out.lineEnd();
    }

    /** White space at a line's end is lost on the way, and a dot at its start would have to be doubled. */
    private static int endOfLiterals(byte[] text, int start, int end, int column) {
        if (column == 0 && text[start] == '.') {
            return start;
        }
        boolean spaceAtEnd = text[end - 1] == ' ' || text[end - 1] == '\t';
        int stop = Math.min(spaceAtEnd ? end - 1 : end, start + LONGEST_QUOTED - column);
        int run = start;
        while (run < stop && isLiteral(text[run])) {
            run++;
        }
        return run;
    }

    private static boolean isLiteral(byte octet) {
        return (octet >= ' ' || octet == '\t') && octet != '=' && octet != 0x7F;
    }

    private void addBase64(Octets out, byte[] text) {
        lines.clear();
        int start = 0;
        do {
            int end = endOfLine(text, start);
            lines.add(text, start, end).lineEnd();
            start = behindLineEnd(text, end);
        } while (start < text.length);
        out.add(BASE64.encode(lines.copy())).lineEnd();
    }
}
