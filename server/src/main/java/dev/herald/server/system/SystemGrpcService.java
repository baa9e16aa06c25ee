package dev.herald.server.system;

import dev.herald.server.delivery.DeliveryPauses;
import dev.herald.server.error.FieldFault;
import dev.herald.server.error.HeraldException;
import dev.herald.server.rpc.ProtoTimes;
import dev.herald.server.rpc.UnaryCall;
import dev.herald.v1.PauseDeliveryRequest;
import dev.herald.v1.PauseDeliveryResponse;
import dev.herald.v1.ResumeDeliveryRequest;
import dev.herald.v1.ResumeDeliveryResponse;
import dev.herald.v1.SystemServiceGrpc.SystemServiceImplBase;
import io.grpc.stub.StreamObserver;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/** The door of the room. Its methods block, so they run on the database's pool. */
public final class SystemGrpcService extends SystemServiceImplBase {
    private static final Duration LONGEST_PAUSE = Duration.ofDays(7);

    private final DeliveryPauses pauses;
    private final Set<String> kinds;
    private final Clock clock;
    private final Runnable whenResumed;

    /**
     * The service.
     *
     * @param kinds the kinds of mail there are
     * @param whenResumed called when mail may leave again
     */
    public SystemGrpcService(DeliveryPauses pauses, Set<String> kinds, Clock clock, Runnable whenResumed) {
        this.pauses = pauses;
        this.kinds = kinds;
        this.clock = clock;
        this.whenResumed = whenResumed;
    }

    @Override
    public void pauseDelivery(PauseDeliveryRequest request, StreamObserver<PauseDeliveryResponse> observer) {
        UnaryCall.answer(observer, () -> {
            List<FieldFault> faults = scopeFaults(request.getScope());
            Instant until = ProtoTimes.instant(request.getUntil());
            faults.addAll(untilFaults(until));
            refuse(faults);
            pauses.pause(request.getScope(), until);
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
            boolean resumed = pauses.resume(request.getScope());
            whenResumed.run();
            return ResumeDeliveryResponse.newBuilder().setResumed(resumed).build();
        });
    }

    private List<FieldFault> scopeFaults(String scope) {
        List<FieldFault> faults = new ArrayList<>();
        if (!scope.isEmpty() && !kinds.contains(scope)) {
            faults.add(new FieldFault("scope", "UNKNOWN_KIND", "must be empty or one of " + String.join(", ", kinds)));
        }
        return faults;
    }

    private List<FieldFault> untilFaults(Instant until) {
        Instant now = clock.instant();
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
