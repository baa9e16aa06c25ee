package dev.herald.server.system;

import dev.herald.server.audit.AuditQuery;
import dev.herald.server.error.FieldFault;
import dev.herald.server.error.HeraldException;
import dev.herald.server.rpc.PageToken;
import dev.herald.server.rpc.ProtoTimes;
import dev.herald.server.rpc.UnaryCall;
import dev.herald.v1.AuditEntry;
import dev.herald.v1.CheckConfigurationRequest;
import dev.herald.v1.CheckConfigurationResponse;
import dev.herald.v1.CheckOutcome;
import dev.herald.v1.ConfigurationCheck;
import dev.herald.v1.ErrorReason;
import dev.herald.v1.GetSystemStatusRequest;
import dev.herald.v1.GetSystemStatusResponse;
import dev.herald.v1.ListAuditEntriesRequest;
import dev.herald.v1.ListAuditEntriesResponse;
import dev.herald.v1.PauseDeliveryRequest;
import dev.herald.v1.PauseDeliveryResponse;
import dev.herald.v1.ResumeDeliveryRequest;
import dev.herald.v1.ResumeDeliveryResponse;
import dev.herald.v1.SendTestEmailRequest;
import dev.herald.v1.SendTestEmailResponse;
import dev.herald.v1.SystemServiceGrpc.SystemServiceImplBase;
import io.grpc.Context;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The door of the room. Its methods block, so they run on the database's pool; those that wait for others than the database don't. */
public final class SystemGrpcService extends SystemServiceImplBase {
    private static final Logger log = LoggerFactory.getLogger(SystemGrpcService.class);
    private static final Duration LONGEST_PAUSE = Duration.ofDays(7);
    private static final Duration SOON = Duration.ofSeconds(2);

    private static final int DEFAULT_PAGE = 100;
    private static final int LARGEST_PAGE = 1_000;

    private final SystemRoom room;
    private final Executor threads;
    private final AtomicBoolean checking = new AtomicBoolean();
    private final AtomicBoolean mailing = new AtomicBoolean();

    public SystemGrpcService(SystemRoom room) {
        this(room, SystemGrpcService::start);
    }

    /** With other threads for what may take long. */
    SystemGrpcService(SystemRoom room, Executor threads) {
        this.room = room;
        this.threads = threads;
    }

    @Override
    public void pauseDelivery(PauseDeliveryRequest request, StreamObserver<PauseDeliveryResponse> observer) {
        UnaryCall.answer(observer, () -> {
            List<FieldFault> faults = scopeFaults(request.getScope());
            Instant until = ProtoTimes.instant(request.getUntil());
            faults.addAll(untilFaults(until));
            refuse(faults);
            room.pauses().pause(request.getScope(), until);
            return PauseDeliveryResponse.newBuilder()
                    .setScope(request.getScope())
                    .setUntil(request.getUntil())
                    .build();
        });
    }

    @Override
    public void resumeDelivery(ResumeDeliveryRequest request, StreamObserver<ResumeDeliveryResponse> observer) {
        UnaryCall.answer(observer, () -> {
            refuse(scopeFaults(request.getScope()));
            boolean resumed = room.pauses().resume(request.getScope());
            room.whenResumed().run();
            return ResumeDeliveryResponse.newBuilder().setResumed(resumed).build();
        });
    }

    @Override
    public void getSystemStatus(GetSystemStatusRequest request, StreamObserver<GetSystemStatusResponse> observer) {
        UnaryCall.answer(observer, () -> room.status().read());
    }

    @Override
    public void checkConfiguration(
            CheckConfigurationRequest request, StreamObserver<CheckConfigurationResponse> observer) {
        slowly(checking, observer, () -> {
            CheckConfigurationResponse.Builder answer = CheckConfigurationResponse.newBuilder();
            room.checks().get().forEach(result -> answer.addChecks(check(result)));
            return answer.build();
        });
    }

    @Override
    public void sendTestEmail(SendTestEmailRequest request, StreamObserver<SendTestEmailResponse> observer) {
        slowly(mailing, observer, () -> room.testMailer().send(request.getTo()));
    }

    @Override
    public void listAuditEntries(ListAuditEntriesRequest request, StreamObserver<ListAuditEntriesResponse> observer) {
        UnaryCall.answer(observer, () -> {
            int size = request.getPageSize() == 0 ? DEFAULT_PAGE : Math.min(request.getPageSize(), LARGEST_PAGE);
            long before = PageToken.read(request);
            List<AuditEntry> found =
                    room.transactions().readSql(connection -> AuditQuery.list(connection, request, before, size + 1));
            ListAuditEntriesResponse.Builder answer = ListAuditEntriesResponse.newBuilder();
            found.stream().limit(size).forEach(answer::addEntries);
            if (found.size() > size) {
                answer.setNextPageToken(
                        PageToken.write(request, found.get(size - 1).getAuditId()));
            }
            return answer.build();
        });
    }

    private static ConfigurationCheck check(CheckResult result) {
        return ConfigurationCheck.newBuilder()
                .setName(result.name())
                .setOutcome(
                        switch (result.outcome()) {
                            case OK -> CheckOutcome.CHECK_OUTCOME_OK;
                            case WARNING -> CheckOutcome.CHECK_OUTCOME_WARNING;
                            case FAILED -> CheckOutcome.CHECK_OUTCOME_FAILED;
                        })
                .setFinding(result.finding())
                .setMend(result.mend())
                .build();
    }

    /**
     * Answers from a thread of its own, since a relay may take minutes: the pool's threads are for what the database answers. One at
     * a time; whoever comes meanwhile is told to come again.
     */
    private <T> void slowly(AtomicBoolean busy, StreamObserver<T> observer, Supplier<T> work) {
        if (!busy.compareAndSet(false, true)) {
            UnaryCall.refuse(
                    observer,
                    HeraldException.retryable(
                            ErrorReason.ERROR_REASON_RATE_LIMITED, "one at a time; call again", SOON, null));
            return;
        }
        // Without a handler the answer to a call that was cancelled would throw.
        ((ServerCallStreamObserver<T>) observer).setOnCancelHandler(() -> log.debug("nobody waits for the answer"));
        Runnable answer = () -> UnaryCall.answer(observer, () -> {
            try {
                return work.get();
            } finally {
                busy.set(false);
            }
        });
        try {
            threads.execute(Context.current().wrap(answer));
        } catch (RuntimeException | Error e) {
            busy.set(false);
            UnaryCall.refuse(observer, e);
        }
    }

    /** Throws an Error where the system has no more threads to give. */
    private static void start(Runnable work) {
        Thread thread = new Thread(work, "slow-call");
        thread.setDaemon(true);
        thread.start();
    }

    private List<FieldFault> scopeFaults(String scope) {
        List<FieldFault> faults = new ArrayList<>();
        if (!scope.isEmpty() && !room.kinds().contains(scope)) {
            faults.add(new FieldFault(
                    "scope", "UNKNOWN_KIND", "must be empty or one of " + String.join(", ", room.kinds())));
        }
        return faults;
    }

    private List<FieldFault> untilFaults(Instant until) {
        Instant now = room.clock().instant();
        if (!until.isAfter(now)) {
            return List.of(new FieldFault("until", "MUST_BE_IN_FUTURE", "must be in the future"));
        } else if (until.isAfter(now.plus(LONGEST_PAUSE))) {
            return List.of(new FieldFault("until", "TOO_FAR_AHEAD", "must be at most 7 days ahead"));
        }
        return List.of();
    }

    private static void refuse(List<FieldFault> faults) {
        if (!faults.isEmpty()) {
            throw HeraldException.invalidFields(faults);
        }
    }
}
