package dev.herald.server.testing;

import static org.assertj.core.api.Assertions.assertThat;

import dev.herald.server.testing.ScriptedSmtpServer.Stage;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class ScriptedSmtpServerTest {
    private static final String MAIL = "MAIL FROM:<a@x.test>\r\nRCPT TO:<b@x.test>\r\nDATA\r\n";
    private static final String BODY = "Message-ID: <1.1@x.test>\r\n\r\n..stuffed\n.\nstill\r\n.\r\n";

    @Test
    void mail_pipelined_isRecordedUnstuffed() throws IOException {
        try (ScriptedSmtpServer server = ScriptedSmtpServer.start()) {
            assertThat(talk(server, "EHLO me\r\n", MAIL, BODY, "QUIT\r\n"))
                    .contains("250-PIPELINING", "354 go ahead", "250 2.0.0 queued", "221 2.0.0 bye");
            assertThat(server.mails()).singleElement().satisfies(mail -> {
                assertThat(mail.from()).isEqualTo("a@x.test");
                assertThat(mail.to()).isEqualTo("b@x.test");
                assertThat(mail.messageId()).isEqualTo("<1.1@x.test>");
                assertThat(mail.text()).endsWith("\r\n\r\n.stuffed\n.\nstill\r\n");
            });
        }
    }

    @Test
    void dot_acceptAndDrop_recordsAndSaysNothing() throws IOException {
        try (ScriptedSmtpServer server = ScriptedSmtpServer.start()) {
            server.replyTimes(1, Stage.DOT, ScriptedSmtpServer.ACCEPT_AND_DROP);
            assertThat(talk(server, MAIL, BODY)).last().isEqualTo("354 go ahead");
            assertThat(server.accepted()).isEqualTo(1);
        }
    }

    @Test
    void rcpt_refused_isNotRecorded() throws IOException {
        try (ScriptedSmtpServer server = ScriptedSmtpServer.start()) {
            server.reply(Stage.RCPT, to -> to.startsWith("b") ? "550 5.1.1 no such user" : null);
            assertThat(talk(server, MAIL, "QUIT\r\n"))
                    .contains("550 5.1.1 no such user", "554 5.5.1 no valid recipients");
            assertThat(server.accepted()).isZero();
        }
    }

    @Test
    void goUp_afterGoDown_servesOnTheSamePort() throws IOException {
        try (ScriptedSmtpServer server = ScriptedSmtpServer.start()) {
            server.goDown();
            server.goUp();
            assertThat(talk(server, "QUIT\r\n")).contains("221 2.0.0 bye");
        }
    }

    private static List<String> talk(ScriptedSmtpServer server, String... parts) throws IOException {
        List<String> replies = new ArrayList<>();
        try (Socket socket = new Socket("127.0.0.1", server.port())) {
            OutputStream out = socket.getOutputStream();
            for (String part : parts) {
                out.write(part.getBytes(StandardCharsets.ISO_8859_1));
                out.flush();
            }
            BufferedReader in = new BufferedReader(new InputStreamReader(socket.getInputStream()));
            in.lines().forEach(replies::add);
        }
        return replies;
    }
}
