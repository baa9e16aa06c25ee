package dev.herald.server.cli.remote;

import dev.herald.client.HeraldClient;
import dev.herald.server.caller.Role;
import dev.herald.v1.RevokeTokensResponse;
import java.io.IOException;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Ends links. */
@Command(
        name = "revoke",
        description =
                "Revokes links, so that they validate as REVOKED: a session's, those of notifications, or given tokens. At most"
                        + " 1,000 at a time, but for a session's. This can't be undone.",
        footer = {"", "Example: herald revoke --session 42"})
public final class RevokeCommand extends RemoteCommand {
    @ArgGroup(multiplicity = "1")
    Which which;

    /** Exactly one of the three. */
    static final class Which {
        @Option(names = "--session", required = true, paramLabel = "ID", description = "every link of this session")
        @Nullable
        Long session;

        @Parameters(paramLabel = "EMAIL_ID", arity = "1..*", description = "the links of these notifications")
        @Nullable
        List<Long> emailIds;

        @Option(
                names = "--tokens",
                required = true,
                paramLabel = "FILE",
                description = "the tokens in this file, one a line; - for standard input")
        @Nullable
        String tokens;
    }

    @Override
    Role role() {
        return Role.ATTENDANCE;
    }

    @Override
    int run(HeraldClient herald) throws IOException {
        RevokeTokensResponse done = revoke(herald);
        answer(done, "revoked " + done.getRevoked() + " links");
        return 0;
    }

    private RevokeTokensResponse revoke(HeraldClient herald) throws IOException {
        if (which.session != null) {
            return herald.tokens().revokeSession(which.session);
        } else if (which.tokens != null) {
            return herald.tokens().revokeTokens(TokenLines.of(which.tokens, console()));
        }
        return herald.tokens().revokeNotifications(which.emailIds == null ? List.of() : which.emailIds);
    }
}
