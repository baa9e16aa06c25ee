package dev.herald.server.mail;

import org.junit.jupiter.api.BeforeEach;

/** Everything once more with a relay that wants each command answered before the next. */
class LockstepSmtpTransportTest extends SmtpTransportTest {
    @BeforeEach
    void offerNoPipelining() {
        server.announce("8BITMIME", "ENHANCEDSTATUSCODES");
    }
}
