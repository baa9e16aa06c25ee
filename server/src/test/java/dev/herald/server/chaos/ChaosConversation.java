package dev.herald.server.chaos;

import dev.herald.server.chaos.ChaosRelay.Moment;
import dev.herald.server.chaos.ChaosRelay.Stage;
import java.io.BufferedOutputStream;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Locale;
import java.util.concurrent.locks.LockSupport;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** One connection to a {@link ChaosRelay}. */
final class ChaosConversation {
    private static final Pattern MESSAGE_ID = Pattern.compile("(?im)^Message-ID:\\s*<([^>]+)>");
    private static final Pattern LINK = Pattern.compile("token=([A-Za-z0-9._-]+)");
    private static final Duration DRIBBLE = Duration.ofMillis(300);

    private final ChaosRelay relay;
    private final InputStream in;
    private final OutputStream out;
    private final int number;
    private final byte[] buffer = new byte[16_384];
    private int position;
    private int filled;
    private String recipient = "";
    private int mails;

    ChaosConversation(ChaosRelay relay, Socket socket, int number) throws IOException {
        socket.setTcpNoDelay(true);
        this.relay = relay;
        this.in = socket.getInputStream();
        this.out = new BufferedOutputStream(socket.getOutputStream());
        this.number = number;
    }

    void run() throws IOException {
        boolean going = answer(Stage.GREETING, "220 relay.example ESMTP");
        while (going) {
            String line = readLine();
            going = handle(line, line.toUpperCase(Locale.ROOT));
        }
        out.flush();
    }

    private boolean handle(String line, String upper) throws IOException {
        if (upper.startsWith("EHLO")) {
            return answer(Stage.EHLO, "250-relay.example\r\n250-PIPELINING\r\n250-8BITMIME\r\n250 ENHANCEDSTATUSCODES");
        } else if (upper.startsWith("MAIL FROM:")) {
            recipient = "";
            return answer(Stage.MAIL, "250 2.1.0 ok");
        } else if (upper.startsWith("RCPT TO:")) {
            return recipient(line.substring(line.indexOf('<') + 1, line.indexOf('>')));
        } else if (upper.equals("DATA")) {
            return data();
        } else if (upper.equals("QUIT")) {
            say("221 2.0.0 bye");
            return false;
        }
        return say(upper.equals("RSET") || upper.equals("NOOP") ? "250 2.0.0 ok" : "500 5.5.2 what?");
    }

    private boolean recipient(String address) throws IOException {
        recipient = address;
        Answer answer = relay.answer(Stage.RCPT, moment());
        if (answer.deed() == Answer.Deed.SAY && !isUsual(answer, "2")) {
            recipient = "";
        }
        return perform(answer, "250 2.1.5 ok");
    }

    private boolean data() throws IOException {
        if (recipient.isEmpty()) {
            return say("554 5.5.1 no recipients");
        }
        Answer answer = relay.answer(Stage.DATA, moment());
        if (!perform(answer, "354 go ahead") || !isUsual(answer, "3")) {
            return answer.deed() == Answer.Deed.SAY;
        }
        out.flush();
        String content = readContent();
        LockSupport.parkNanos(relay.delay().toNanos());
        return finish(content);
    }

    private boolean finish(String content) throws IOException {
        Answer answer = relay.answer(Stage.DOT, moment());
        mails++;
        boolean said = answer.deed() == Answer.Deed.SAY && isUsual(answer, "2");
        if (said || answer.deed() == Answer.Deed.DRIBBLE || answer.deed() == Answer.Deed.ACCEPT_AND_DROP) {
            relay.accept(moment(), first(MESSAGE_ID, content), link(content));
        }
        return perform(answer, "250 2.0.0 queued as " + number + "-" + mails);
    }

    private static boolean isUsual(Answer answer, String digit) {
        return answer.text().isEmpty() || answer.text().startsWith(digit);
    }

    private Moment moment() {
        return new Moment(recipient, number, mails);
    }

    private boolean answer(Stage stage, String usual) throws IOException {
        return perform(relay.answer(stage, moment()), usual);
    }

    /** Whether the conversation goes on. */
    private boolean perform(Answer answer, String usual) throws IOException {
        String text = answer.text().isEmpty() ? usual : answer.text();
        switch (answer.deed()) {
            case SAY -> say(text);
            case DRIBBLE -> dribble(text);
            case HANG -> hang();
            case DROP, ACCEPT_AND_DROP -> {}
        }
        boolean closing = text.startsWith("421");
        return !closing && (answer.deed() == Answer.Deed.SAY || answer.deed() == Answer.Deed.DRIBBLE);
    }

    private boolean say(String text) throws IOException {
        out.write((text + "\r\n").getBytes(StandardCharsets.ISO_8859_1));
        return true;
    }

    private void dribble(String text) throws IOException {
        for (char one : (text + "\r\n").toCharArray()) {
            out.write(one);
            out.flush();
            LockSupport.parkNanos(DRIBBLE.toNanos());
        }
    }

    private void hang() throws IOException {
        out.flush();
        while (in.read() >= 0) {
            // It may talk; nobody answers.
        }
        throw new EOFException();
    }

    /** Answers go out together when the client has nothing more on its way (RFC 2920). */
    private int read() throws IOException {
        if (position == filled) {
            out.flush();
            filled = in.read(buffer);
            position = 0;
        }
        if (filled < 0) {
            throw new EOFException();
        }
        return buffer[position++] & 0xFF;
    }

    private String readLine() throws IOException {
        StringBuilder line = new StringBuilder();
        for (int octet = read(); octet != '\n'; octet = read()) {
            if (octet != '\r') {
                line.append((char) octet);
            }
        }
        return line.toString();
    }

    private String readContent() throws IOException {
        ByteArrayOutputStream content = new ByteArrayOutputStream(4096);
        int matched = 2;
        String end = "\r\n.\r\n";
        while (matched < end.length()) {
            int octet = read();
            content.write(octet);
            matched = octet == end.charAt(matched) ? matched + 1 : octet == '\r' ? 1 : 0;
        }
        return content.toString(StandardCharsets.ISO_8859_1);
    }

    /** The text part is quoted-printable when it isn't plain. */
    private static String link(String content) {
        return first(LINK, content.replace("=\r\n", "").replace("token=3D", "token="));
    }

    private static String first(Pattern pattern, String content) {
        Matcher matcher = pattern.matcher(content);
        return matcher.find() ? matcher.group(1) : "";
    }
}
