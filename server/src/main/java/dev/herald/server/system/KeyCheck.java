package dev.herald.server.system;

import dev.herald.server.config.KeyPolicy;
import dev.herald.server.config.Secret;
import dev.herald.server.token.KeyRing;
import dev.herald.server.token.TokenConfig;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Whether the keys in use are fit to sign with. */
public final class KeyCheck implements SystemCheck {
    private static final String NAME = "keys";

    private final TokenConfig tokens;
    private final Optional<Secret> callerKey;

    public KeyCheck(TokenConfig tokens, Optional<Secret> callerKey) {
        this.tokens = tokens;
        this.callerKey = callerKey;
    }

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public String mend() {
        return "make keys with ./herald keygen for JWT_SECRET_KEY and AUTH_JWT_SECRET";
    }

    @Override
    public List<CheckResult> look() {
        List<String> weak = new ArrayList<>();
        note(weak, "JWT_SECRET_KEY", tokens.currentKey());
        tokens.previousKeys().forEach(key -> note(weak, "JWT_PREVIOUS_SECRET_KEYS", key));
        callerKey.ifPresent(key -> note(weak, "AUTH_JWT_SECRET", key));
        return List.of(
                weak.isEmpty()
                        ? CheckResult.ok(
                                NAME,
                                "links are signed with " + KeyRing.of(tokens).currentKid() + ", "
                                        + tokens.previousKeys().size() + " previous key(s) accepted")
                        : CheckResult.failed(NAME, String.join("; ", weak), mend()));
    }

    private static void note(List<String> weak, String setting, Secret key) {
        KeyPolicy.weakness(key).ifPresent(weakness -> weak.add(setting + " " + weakness));
    }
}
