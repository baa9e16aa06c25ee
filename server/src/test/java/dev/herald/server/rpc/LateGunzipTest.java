package dev.herald.server.rpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;

class LateGunzipTest {
    private static final byte[] TEXT = "some text, some text, some text".getBytes(StandardCharsets.UTF_8);

    private final AtomicInteger closed = new AtomicInteger();

    @Test
    void decompress_gzip_givesWhatWasPacked() throws IOException {
        try (InputStream unpacked = new LateGunzip().decompress(packed(gzip()))) {
            assertThat(unpacked.readAllBytes()).isEqualTo(TEXT);
        }
    }

    /** A stream whose inflater has ended reads no more; one that has not still holds its memory. */
    @Test
    void close_halfRead_endsTheInflater() throws IOException {
        InputStream unpacked = new LateGunzip().decompress(packed(gzip()));
        assertThat(unpacked.read()).isEqualTo(TEXT[0]);
        unpacked.close();
        assertThatThrownBy(unpacked::read).isInstanceOf(IOException.class).hasMessage("Stream closed");
        assertThat(closed).hasValue(1);
    }

    @Test
    void close_unreadOrNoGzip_closesWhatWasPacked() throws IOException {
        new LateGunzip().decompress(packed(gzip())).close();
        assertThat(closed).hasValue(1);
        InputStream other = new LateGunzip().decompress(packed(TEXT));
        assertThatThrownBy(other::read).isInstanceOf(IOException.class);
        other.close();
        assertThat(closed).hasValue(2);
    }

    private InputStream packed(byte[] bytes) {
        return new ByteArrayInputStream(bytes) {
            @Override
            public void close() {
                closed.incrementAndGet();
            }
        };
    }

    private static byte[] gzip() throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (GZIPOutputStream packing = new GZIPOutputStream(bytes)) {
            packing.write(TEXT);
        }
        return bytes.toByteArray();
    }
}
