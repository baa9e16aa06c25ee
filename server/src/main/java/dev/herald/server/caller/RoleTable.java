package dev.herald.server.caller;

import static dev.herald.server.caller.Role.ADMIN;
import static dev.herald.server.caller.Role.ATTENDANCE;
import static dev.herald.server.caller.Role.READER;
import static dev.herald.server.caller.Role.SESSION;

import dev.herald.v1.DirectoryServiceGrpc;
import dev.herald.v1.NotificationServiceGrpc;
import dev.herald.v1.SystemServiceGrpc;
import dev.herald.v1.TokenServiceGrpc;
import io.grpc.MethodDescriptor;
import io.grpc.channelz.v1.ChannelzGrpc;
import io.grpc.health.v1.HealthGrpc;
import io.grpc.reflection.v1.ServerReflectionGrpc;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;

/** Who may call what: every method of the server, deny by default. */
public final class RoleTable {
    private static final Set<Role> ANYONE = EnumSet.allOf(Role.class);

    private final Set<String> open = Set.of(
            HealthGrpc.getCheckMethod().getFullMethodName(),
            HealthGrpc.getWatchMethod().getFullMethodName());
    private final Map<String, Set<Role>> roles = new HashMap<>();

    public RoleTable() {
        notifications();
        tokens();
        directory();
        system();
        allow(ServerReflectionGrpc.getServerReflectionInfoMethod(), ANYONE);
        ChannelzGrpc.getServiceDescriptor().getMethods().forEach(method -> allow(method, Set.of(ADMIN)));
    }

    /** Whether the method needs no credentials. */
    public boolean isOpen(String fullMethodName) {
        return open.contains(fullMethodName);
    }

    /** The roles that may call the method; none for a method that isn't listed. */
    public Set<Role> rolesOf(String fullMethodName) {
        return roles.getOrDefault(fullMethodName, Set.of());
    }

    private void notifications() {
        allow(NotificationServiceGrpc.getGenerateForSessionMethod(), Set.of(SESSION, ADMIN));
        allow(NotificationServiceGrpc.getCancelForSessionMethod(), Set.of(SESSION, ADMIN));
        allow(NotificationServiceGrpc.getGetSessionDeliveryMethod(), Set.of(SESSION, READER, ADMIN));
        allow(NotificationServiceGrpc.getWatchSessionDeliveryMethod(), Set.of(SESSION, READER, ADMIN));
        allow(NotificationServiceGrpc.getGetNotificationMethod(), Set.of(READER, ADMIN));
        allow(NotificationServiceGrpc.getListNotificationsMethod(), Set.of(READER, ADMIN));
        allow(NotificationServiceGrpc.getRetryFailedNotificationsMethod(), Set.of(ADMIN));
        allow(NotificationServiceGrpc.getPreviewNotificationMethod(), Set.of(ADMIN));
    }

    private void tokens() {
        allow(TokenServiceGrpc.getGenerateTokenMethod(), Set.of(ATTENDANCE, ADMIN));
        allow(TokenServiceGrpc.getValidateTokenMethod(), Set.of(ATTENDANCE, ADMIN));
        allow(TokenServiceGrpc.getValidateTokensMethod(), Set.of(ATTENDANCE, ADMIN));
        allow(TokenServiceGrpc.getDecodeTokenMethod(), Set.of(ATTENDANCE, ADMIN));
        allow(TokenServiceGrpc.getConsumeTokenMethod(), Set.of(ATTENDANCE, ADMIN));
        allow(TokenServiceGrpc.getRevokeTokensMethod(), Set.of(ATTENDANCE, ADMIN));
    }

    private void directory() {
        allow(DirectoryServiceGrpc.getUpsertCoursesMethod(), Set.of(SESSION, ADMIN));
        allow(DirectoryServiceGrpc.getUpsertUsersMethod(), Set.of(SESSION, ADMIN));
        allow(DirectoryServiceGrpc.getUpsertStudentsMethod(), Set.of(SESSION, ADMIN));
        allow(DirectoryServiceGrpc.getUpsertSessionsMethod(), Set.of(SESSION, ADMIN));
        allow(DirectoryServiceGrpc.getImportMethod(), Set.of(SESSION, ADMIN));
        allow(DirectoryServiceGrpc.getDeleteSessionMethod(), Set.of(ADMIN));
        allow(DirectoryServiceGrpc.getDeleteStudentMethod(), Set.of(ADMIN));
        allow(DirectoryServiceGrpc.getEraseUserMethod(), Set.of(ADMIN));
    }

    private void system() {
        allow(SystemServiceGrpc.getPauseDeliveryMethod(), Set.of(ADMIN));
        allow(SystemServiceGrpc.getResumeDeliveryMethod(), Set.of(ADMIN));
        allow(SystemServiceGrpc.getGetSystemStatusMethod(), Set.of(READER, ADMIN));
        allow(SystemServiceGrpc.getCheckConfigurationMethod(), Set.of(ADMIN));
        allow(SystemServiceGrpc.getSendTestEmailMethod(), Set.of(ADMIN));
        allow(SystemServiceGrpc.getListAuditEntriesMethod(), Set.of(ADMIN));
    }

    private void allow(MethodDescriptor<?, ?> method, Set<Role> allowed) {
        roles.put(method.getFullMethodName(), allowed);
    }
}
