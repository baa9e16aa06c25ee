package dev.herald.server.rpc;

import io.grpc.Decompressor;
import java.io.IOException;
import java.io.InputStream;
import java.util.zip.GZIPInputStream;
import org.jspecify.annotations.Nullable;

/**
 * gzip, whose header is read when the message is. grpc-java's own reads it earlier, where bytes that are no gzip end the call
 * with UNKNOWN before any interceptor can say what is wrong.
 */
final class LateGunzip implements Decompressor {
    @Override
    public String getMessageEncoding() {
        return "gzip";
    }

    @Override
    public InputStream decompress(InputStream packed) {
        return new InputStream() {
            private @Nullable InputStream unpacked;

            @Override
            public int read() throws IOException {
                return unpacked().read();
            }

            @Override
            public int read(byte[] bytes, int offset, int length) throws IOException {
                return unpacked().read(bytes, offset, length);
            }

            @Override
            public void close() throws IOException {
                // Its inflater holds memory outside of the heap.
                InputStream open = unpacked == null ? packed : unpacked;
                open.close();
            }

            private InputStream unpacked() throws IOException {
                if (unpacked == null) {
                    unpacked = new GZIPInputStream(packed);
                }
                return unpacked;
            }
        };
    }
}
