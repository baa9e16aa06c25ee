package dev.herald.server.mail;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class ReplyReaderTest {
    private static final int END = ReplyReader.END;
    private static final int GARBLED = ReplyReader.GARBLED;

    @ParameterizedTest
    @MethodSource("replies")
    void read_sentReplies_areToldApart(String sent, List<Integer> codes) throws IOException {
        assertThat(codes(reader(sent), codes.size())).isEqualTo(codes);
    }

    static Stream<Arguments> replies() {
        return Stream.of(
                Arguments.of("250 ok\r\n354 go\r\n", List.of(250, 354, END)),
                Arguments.of("250-a\r\n250-b\r\n250 c\r\n550 no\r\n", List.of(250, 550, END)),
                Arguments.of("250 bare line feeds\n354 go\n", List.of(250, 354)),
                Arguments.of("250\r\n250-\r\n250\r\n", List.of(250, 250, END)),
                Arguments.of("250 carriage\rreturn\0and nul \u00e9\r\n354 go\r\n", List.of(250, 354)),
                Arguments.of("250 last line without an end", List.of(250, END)),
                Arguments.of("250-and more to come\r\n", List.of(END)),
                Arguments.of("250-and more to come", List.of(END)),
                Arguments.of("", List.of(END, END)),
                Arguments.of("25", List.of(END)),
                Arguments.of("\r\n", List.of(GARBLED)),
                Arguments.of("25\r\n", List.of(GARBLED)),
                Arguments.of("2 50 ok\r\n", List.of(GARBLED)),
                Arguments.of("+25 ok\r\n", List.of(GARBLED)),
                Arguments.of("250-ok\r\nnonsense\r\n", List.of(GARBLED)),
                Arguments.of("999 ok\r\n000 ok\r\n", List.of(999, 0)));
    }

    @Test
    void read_hugeReply_isReadToItsEndAndKeptInPart() throws IOException {
        ReplyReader reader = reader("250-line\r\n".repeat(10_000) + "250 end\r\n354 go\r\n");
        assertThat(reader.read()).isEqualTo(250);
        assertThat(reader.response().length()).isBetween(3_900, 4_000);
        assertThat(reader.read()).isEqualTo(354);
    }

    @Test
    void read_replyWithoutEnd_isGarbledBeforeItFillsTheMemory() throws IOException {
        ReplyReader reader = new ReplyReader(new InputStream() {
            private int sent;

            @Override
            public int read() {
                return "250-".charAt(sent++ % 4);
            }
        });
        assertThat(reader.read()).isEqualTo(GARBLED);
    }

    @Test
    void await_timeOut_leavesNoReplyToBeReadTwice() throws IOException {
        ReplyReader reader = new ReplyReader(new FilterInputStream(stream("250 once\r\n")) {
            @Override
            public int read(byte[] target, int offset, int length) throws IOException {
                if (in.available() == 0) {
                    throw new SocketTimeoutException();
                }
                return super.read(target, offset, length);
            }
        });
        assertThat(reader.read()).isEqualTo(250);
        assertThatThrownBy(reader::await).isInstanceOf(SocketTimeoutException.class);
        assertThat(reader.hasMore()).isFalse();
        assertThatThrownBy(reader::read).isInstanceOf(SocketTimeoutException.class);
    }

    @Property(tries = 200)
    void read_repliesInPieces_areTheSame(@ForAll @IntRange(min = 1, max = 9) int piece) throws IOException {
        String sent = "250-first\r\n250 second\r\n354 go ahead\n550-5.1.1 no\r\n550 such user\r\n";
        ReplyReader reader = new ReplyReader(new ByteArrayInputStream(sent.getBytes(StandardCharsets.US_ASCII)) {
            @Override
            public synchronized int read(byte[] target, int offset, int length) {
                return super.read(target, offset, Math.min(length, piece));
            }
        });
        assertThat(codes(reader, 3)).containsExactly(250, 354, 550);
        assertThat(reader.response()).isEqualTo("550-5.1.1 no\r\n550 such user");
    }

    private static List<Integer> codes(ReplyReader reader, int count) throws IOException {
        List<Integer> codes = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            codes.add(reader.read());
        }
        return codes;
    }

    private static ReplyReader reader(String sent) {
        return new ReplyReader(stream(sent));
    }

    private static InputStream stream(String sent) {
        return new ByteArrayInputStream(sent.getBytes(StandardCharsets.ISO_8859_1));
    }
}
