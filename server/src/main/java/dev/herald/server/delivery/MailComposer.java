package dev.herald.server.delivery;

import dev.herald.server.error.HeraldException;
import dev.herald.server.mail.EmailMessage;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.BiConsumer;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Has claimed mails composed by their kinds, a batch at a time, and records those that can't be. */
final class MailComposer {
    private static final Logger log = LoggerFactory.getLogger(MailComposer.class);

    private final Map<String, MailKind> kinds;
    private final ResultRecorder recorder;

    MailComposer(Map<String, MailKind> kinds, ResultRecorder recorder) {
        this.kinds = kinds;
        this.recorder = recorder;
    }

    /** Composes claims of any kinds; {@code whenReady} gets those that may be sent, in order. */
    void compose(List<Claim> claims, BiConsumer<Claim, EmailMessage> whenReady) {
        Map<String, List<Claim>> byKind = claims.stream().collect(Collectors.groupingBy(Claim::kind));
        byKind.forEach((kind, ofKind) -> composeKind(kind, ofKind, whenReady));
    }

    private void composeKind(String kind, List<Claim> claims, BiConsumer<Claim, EmailMessage> whenReady) {
        List<Composition> compositions;
        try {
            compositions = knownKind(kind)
                    .compose(claims.stream().mapToLong(Claim::refId).toArray());
        } catch (HeraldException e) {
            log.warn("{} mail(s) wait: {}", claims.size(), e.text());
            claims.forEach(claim -> recorder.add(new DeliveryResult.Released(claim)));
            return;
        } catch (RuntimeException | StackOverflowError e) {
            composeAlone(kind, claims, whenReady, e);
            return;
        }
        for (int i = 0; i < claims.size(); i++) {
            handOver(claims.get(i), compositions.get(i), whenReady);
        }
    }

    /** What breaks a batch is found out by composing its mails one by one; that one fails, the others go on. */
    private void composeAlone(
            String kind, List<Claim> claims, BiConsumer<Claim, EmailMessage> whenReady, Throwable fault) {
        if (claims.size() > 1) {
            claims.forEach(claim -> composeKind(kind, List.of(claim), whenReady));
            return;
        }
        Claim claim = claims.get(0);
        log.error("{} {} can't be composed", kind, claim.refId(), fault);
        recorder.add(new DeliveryResult.Failed(
                claim, FailureReason.TEMPLATE_ERROR, fault.getClass().getSimpleName(), Optional.empty()));
    }

    private MailKind knownKind(String kind) {
        MailKind known = kinds.get(kind);
        if (known == null) {
            throw new IllegalStateException("claimed a mail of the unknown kind " + kind);
        }
        return known;
    }

    private void handOver(Claim claim, Composition composition, BiConsumer<Claim, EmailMessage> whenReady) {
        if (composition instanceof Composition.Ready ready) {
            whenReady.accept(claim, ready.message());
        } else if (composition instanceof Composition.Refused refused) {
            recorder.add(new DeliveryResult.Failed(claim, refused.reason(), refused.detail(), Optional.empty()));
        } else {
            recorder.add(new DeliveryResult.Dropped(claim));
        }
    }
}
