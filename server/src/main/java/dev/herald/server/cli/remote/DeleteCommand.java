package dev.herald.server.cli.remote;

import dev.herald.client.HeraldClient;
import dev.herald.server.caller.Role;
import dev.herald.v1.DeleteSessionResponse;
import dev.herald.v1.DeleteStudentResponse;
import dev.herald.v1.EraseUserResponse;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Deletes from the directory, with everything that hangs on it. */
@Command(
        name = "delete",
        description =
                "Deletes a session, a student profile or a user from the directory, with its notifications. Its links validate"
                        + " as REVOKED. This can't be undone.",
        footer = {"", "Example: herald delete --user 7 --yes"})
public final class DeleteCommand extends RemoteCommand {
    @ArgGroup(multiplicity = "1")
    Which which;

    @Option(names = "--yes", required = true, description = "deleting can't be undone")
    boolean yes;

    /** Exactly one of the three. */
    static final class Which {
        @Option(names = "--session", required = true, paramLabel = "ID", description = "this session")
        @Nullable
        Long session;

        @Option(names = "--student", required = true, paramLabel = "ID", description = "this student profile")
        @Nullable
        Long student;

        @Option(
                names = "--user",
                required = true,
                paramLabel = "ID",
                description = "this user and its student profiles (GDPR Art. 17)")
        @Nullable
        Long user;
    }

    @Override
    Role role() {
        return Role.ADMIN;
    }

    @Override
    int run(HeraldClient herald) {
        if (which.session != null) {
            herald.directory().deleteSession(which.session);
            answer(DeleteSessionResponse.getDefaultInstance(), "session " + which.session + " is gone");
        } else if (which.student != null) {
            herald.directory().deleteStudent(which.student);
            answer(DeleteStudentResponse.getDefaultInstance(), "student " + which.student + " is gone");
        } else if (which.user != null) {
            herald.directory().eraseUser(which.user);
            answer(EraseUserResponse.getDefaultInstance(), "user " + which.user + " is gone");
        }
        return 0;
    }
}
