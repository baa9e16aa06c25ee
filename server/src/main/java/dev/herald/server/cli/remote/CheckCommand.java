package dev.herald.server.cli.remote;

import dev.herald.client.HeraldClient;
import dev.herald.server.caller.Role;
import dev.herald.server.cli.terminal.EnumWords;
import dev.herald.server.cli.terminal.Table;
import dev.herald.v1.CheckConfigurationResponse;
import dev.herald.v1.CheckOutcome;
import dev.herald.v1.ConfigurationCheck;
import picocli.CommandLine.Command;
import picocli.CommandLine.Help.Ansi.Style;
import picocli.CommandLine.Help.Ansi.Text;

/** Has a running server look at what it needs. */
@Command(
        name = "check",
        description =
                "Has the running server look at everything it needs: database, schema, clock, keys, TLS files, relays,"
                        + " templates. Exit code 1 when a check failed; warnings leave it 0. To check before serving, use doctor.",
        footer = {"", "Example: herald check --timeout 30s"})
public final class CheckCommand extends RemoteCommand {
    @Override
    Role role() {
        return Role.ADMIN;
    }

    @Override
    int run(HeraldClient herald) {
        CheckConfigurationResponse found = herald.system().checkConfiguration();
        answer(found, text(found));
        return found.getChecksList().stream().anyMatch(check -> check.getOutcome() == CheckOutcome.CHECK_OUTCOME_FAILED)
                ? 1
                : 0;
    }

    private Table text(CheckConfigurationResponse found) {
        Table table = table("check", "outcome", "found", "mend");
        for (ConfigurationCheck check : found.getChecksList()) {
            table.row(check.getName(), outcome(table, check), check.getFinding(), Shown.text(check.getMend()));
        }
        return table;
    }

    private static Text outcome(Table table, ConfigurationCheck check) {
        Style style = switch (check.getOutcome()) {
            case CHECK_OUTCOME_OK -> Style.fg_green;
            case CHECK_OUTCOME_WARNING -> Style.fg_yellow;
            default -> Style.fg_red;
        };
        return table.text(EnumWords.word(check.getOutcome(), "CHECK_OUTCOME_"), style);
    }
}
