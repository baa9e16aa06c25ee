package dev.herald.server.telemetry;

/** A JSON object of texts, on one line (RFC 8259). Not thread-safe. */
final class JsonLine {
    private final StringBuilder text = new StringBuilder(256);

    JsonLine with(String name, String value) {
        text.append(text.isEmpty() ? "{\"" : ",\"").append(name).append("\":\"");
        for (int i = 0; i < value.length(); i++) {
            append(value.charAt(i));
        }
        text.append('"');
        return this;
    }

    String end() {
        return text.append("}\n").toString();
    }

    private void append(char c) {
        switch (c) {
            case '"' -> text.append("\\\"");
            case '\\' -> text.append("\\\\");
            case '\n' -> text.append("\\n");
            case '\r' -> text.append("\\r");
            case '\t' -> text.append("\\t");
            default -> {
                // To some readers a line ends at these, too.
                if (c < ' ' || c == 0x7F || c == 0x85 || c == 0x2028 || c == 0x2029) {
                    text.append("\\u").append(String.format("%04x", (int) c));
                } else {
                    text.append(c);
                }
            }
        }
    }
}
