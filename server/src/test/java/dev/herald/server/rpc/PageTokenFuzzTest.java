package dev.herald.server.rpc;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import dev.herald.server.error.HeraldException;
import dev.herald.v1.ErrorReason;
import dev.herald.v1.ListNotificationsRequest;
import java.nio.charset.StandardCharsets;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Any page token is one that was written for this very list, or refused. */
class PageTokenFuzzTest {
    private static final ListNotificationsRequest LIST =
            ListNotificationsRequest.newBuilder().setSessionId(70).build();

    @MethodSource
    @FuzzTest(maxDuration = "2m")
    void read(byte[] bytes) {
        String token = new String(bytes, StandardCharsets.UTF_8);
        ListNotificationsRequest request =
                LIST.toBuilder().setPageToken(token).setPageSize(bytes.length).build();
        try {
            long before = PageToken.read(request);
            assertThat(token).isEqualTo(token.isEmpty() ? "" : PageToken.write(LIST, before));
        } catch (HeraldException refusal) {
            assertThat(refusal.reason()).isEqualTo(ErrorReason.ERROR_REASON_PAGE_TOKEN_INVALID);
        }
    }

    static Stream<Arguments> read() {
        ListNotificationsRequest other = LIST.toBuilder().setSessionId(71).build();
        Stream<String> genuine =
                LongStream.of(0, 1, -1, Long.MAX_VALUE, Long.MIN_VALUE).mapToObj(id -> PageToken.write(LIST, id));
        Stream<String> others =
                Stream.of(PageToken.write(other, 1), PageToken.write(LIST, 1) + "=", "A", "Ωß", "A".repeat(65));
        return Stream.concat(genuine, others)
                .map(token -> Arguments.of((Object) token.getBytes(StandardCharsets.UTF_8)));
    }
}
