package dev.herald.server.cli.remote;

import dev.herald.client.HeraldClient;
import dev.herald.server.caller.Role;
import dev.herald.server.cli.terminal.EnumWords;
import dev.herald.server.cli.terminal.Table;
import dev.herald.v1.ValidateTokenResponse;
import java.io.IOException;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Help.Ansi.Style;
import picocli.CommandLine.Parameters;

/** Whether links may be used. */
@Command(
        name = "validate",
        description =
                "Says of tokens whether their links may be used now, in their order. Uses none up. Exit code 1 when one may"
                        + " not.",
        footer = {"", "Example: herald validate - < token.txt"})
public final class ValidateCommand extends RemoteCommand {
    @Parameters(paramLabel = "FILE", description = "file with a token a line; - for standard input")
    String file;

    @Override
    Role role() {
        return Role.ATTENDANCE;
    }

    @Override
    int run(HeraldClient herald) throws IOException {
        List<String> tokens = TokenLines.of(file, console());
        if (tokens.isEmpty()) {
            throw wrong("FILE: must hold a token a line");
        }
        Table table = table("valid", "reason", "student", "session", "issued", "expires");
        boolean allValid = true;
        for (String token : tokens) {
            ValidateTokenResponse verdict = herald.tokens().validate(token);
            allValid &= verdict.getValid();
            answer(verdict);
            row(table, verdict);
        }
        tell(table);
        return allValid ? 0 : 1;
    }

    private static void row(Table table, ValidateTokenResponse verdict) {
        boolean valid = verdict.getValid();
        table.row(
                table.text(valid ? "yes" : "no", valid ? Style.fg_green : Style.fg_red),
                EnumWords.word(verdict.getReason(), "TOKEN_REASON_"),
                valid ? verdict.getStudentProfileId() : "-",
                valid ? verdict.getSessionId() : "-",
                Shown.time(verdict.getIssuedAt()),
                Shown.time(verdict.getExpiresAt()));
    }
}
