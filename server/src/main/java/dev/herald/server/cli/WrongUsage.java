package dev.herald.server.cli;

import dev.herald.server.config.NearestName;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import picocli.CommandLine;
import picocli.CommandLine.MissingParameterException;
import picocli.CommandLine.Model.ArgGroupSpec;
import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.MutuallyExclusiveArgsException;
import picocli.CommandLine.OverwrittenOptionException;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.TypeConversionException;
import picocli.CommandLine.UnmatchedArgumentException;

/**
 * Says in a line what is wrong with a command line: the option, and what is expected of it, as settings are spoken of. Values are not
 * repeated, since a token may have been typed by mistake.
 */
final class WrongUsage {
    private static final int SHORT = 5;
    /** No secret of any use looks like that. */
    private static final Pattern WORD = Pattern.compile("[a-z-]{1,20}|--[a-z-]{1,38}");

    private WrongUsage() {}

    static String sentence(ParameterException wrong) {
        CommandSpec command = wrong.getCommandLine().getCommandSpec();
        if (wrong instanceof UnmatchedArgumentException unmatched) {
            return unknown(unmatched, command);
        } else if (wrong instanceof MissingParameterException missing) {
            return missing(missing.getMissing());
        } else if (wrong instanceof MutuallyExclusiveArgsException) {
            return onlyOne(command, String.valueOf(wrong.getMessage()));
        } else if (wrong instanceof OverwrittenOptionException twice) {
            return name(twice.getOverwritten()) + ": must stand once";
        } else if (wrong.getCause() instanceof TypeConversionException conversion && wrong.getArgSpec() != null) {
            boolean flag =
                    wrong.getArgSpec().isOption() && wrong.getArgSpec().arity().max() == 0;
            return name(wrong.getArgSpec()) + ": must be " + (flag ? "alone" : conversion.getMessage());
        }
        return String.valueOf(wrong.getMessage());
    }

    /** Where to look, in words. */
    static String hint(CommandLine command) {
        return "See '" + command.getCommandSpec().qualifiedName() + " --help'";
    }

    private static String unknown(UnmatchedArgumentException unmatched, CommandSpec command) {
        String first = unmatched.getUnmatched().get(0).replaceFirst("=.*", "");
        if (unmatched.isUnknownOption()) {
            return shown(first) + "no such option"
                    + meant(first, command.optionsMap().keySet());
        } else if (!command.subcommands().isEmpty()) {
            return shown(first) + "no such command"
                    + meant(first, command.subcommands().keySet());
        }
        String taken =
                command.positionalParameters().stream().map(WrongUsage::name).collect(Collectors.joining(" "));
        return taken.isEmpty() ? "takes options only" : "takes only " + taken + " besides options";
    }

    private static String shown(String written) {
        return WORD.matcher(written).matches() ? written + ": " : "";
    }

    private static String meant(String written, Set<String> known) {
        return NearestName.of(written, known, written.length() > SHORT ? 2 : 1)
                .map(name -> "; did you mean " + name + "?")
                .orElse("");
    }

    private static String missing(List<ArgSpec> missing) {
        ArgSpec first = missing.get(0);
        if (missing.size() > 1 && first.group() != null && first.group().exclusive()) {
            return "one of " + names(first.group()) + " is missing";
        }
        return missing.stream().map(WrongUsage::missing).collect(Collectors.joining("; "));
    }

    private static String missing(ArgSpec arg) {
        String what = arg.isOption() && arg.arity().max() > 0 ? name(arg) + ": " + arg.paramLabel() : name(arg);
        return what + " is missing: " + String.join(" ", arg.description());
    }

    private static String onlyOne(CommandSpec command, String picocliSays) {
        return command.argGroups().stream()
                .filter(group -> group.exclusive()
                        && group.options().stream().anyMatch(option -> picocliSays.contains(option.longestName())))
                .findFirst()
                .map(group -> "only one of " + names(group) + " can be given")
                .orElse(picocliSays);
    }

    private static String names(ArgGroupSpec group) {
        return group.args().stream().map(WrongUsage::name).collect(Collectors.joining(", "));
    }

    private static String name(ArgSpec arg) {
        return arg instanceof OptionSpec option ? option.longestName() : arg.paramLabel();
    }
}
