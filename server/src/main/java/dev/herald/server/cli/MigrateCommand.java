package dev.herald.server.cli;

import dev.herald.server.config.Settings;
import dev.herald.server.config.SettingsReader;
import dev.herald.server.persistence.Database;
import dev.herald.server.persistence.DatabaseConfig;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** Brings the schema up to date and ends. */
@Command(
        name = "migrate",
        mixinStandardHelpOptions = true,
        description = "Brings the database's schema up to date and ends. serve does so too when it starts.")
final class MigrateCommand implements Callable<Integer>, SettingFlags.Taker {
    @Spec
    CommandSpec spec;

    @Override
    public Integer call() {
        SettingsReader settings = Settings.load(SettingFlags.given(spec));
        DatabaseConfig config = DatabaseConfig.from(settings);
        settings.check();
        int run = Database.migrate(config);
        spec.commandLine().getOut().println("migrations run: " + run);
        return 0;
    }
}
