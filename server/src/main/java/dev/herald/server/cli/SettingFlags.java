package dev.herald.server.cli;

import dev.herald.server.config.SettingCatalogue;
import dev.herald.server.config.SettingCatalogue.Setting;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;

/**
 * A flag for each setting, such as {@code --grpc-port} for GRPC_PORT; flags win over the environment. Secrets have none,
 * since command lines are public on a machine: for those there is {@code --name-file}.
 */
final class SettingFlags {
    private SettingFlags() {}

    /** Marks commands that take settings. */
    interface Taker {}

    /** Adds the flags to a command that takes settings. */
    static void describe(CommandLine command) {
        if (command.getCommand() instanceof Taker) {
            SettingCatalogue.all().forEach(setting -> command.getCommandSpec().addOption(option(setting)));
        }
    }

    /** The settings given as flags, by name. */
    static Map<String, String> given(CommandSpec spec) {
        Map<String, String> given = new TreeMap<>();
        for (Setting setting : SettingCatalogue.all()) {
            OptionSpec option = spec.findOption(flag(setting));
            @Nullable String value = option == null ? null : option.getValue();
            if (value != null) {
                given.put(name(setting), value);
            }
        }
        return given;
    }

    private static OptionSpec option(Setting setting) {
        String fallback = setting.fallback().isEmpty() ? "" : " (" + setting.fallback() + ")";
        String what = setting.secret() ? "file that holds " + setting.name() + ": " : "";
        return OptionSpec.builder(flag(setting))
                .type(String.class)
                .paramLabel(setting.secret() ? "FILE" : "VALUE")
                .description(what + setting.meaning().replace("%", "%%") + fallback)
                .build();
    }

    private static String flag(Setting setting) {
        return "--" + name(setting).toLowerCase(Locale.ROOT).replace('_', '-');
    }

    private static String name(Setting setting) {
        return setting.secret() ? setting.name() + "_FILE" : setting.name();
    }
}
