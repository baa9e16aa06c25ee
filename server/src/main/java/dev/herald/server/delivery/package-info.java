/**
 * Floor 4: the outbox and the machine that empties it, for every kind of mail. {@link Outbox} is the way in (features
 * enqueue within their own transaction); {@link DeliveryEngine} is the machine: {@link DeliveryDispatcher} claims and
 * has mails composed, {@link DeliveryWorker}s send them, {@link ResultRecorder} writes down what became of them,
 * {@link LeaseKeeper} keeps what is in hand from other replicas. A feature takes part by its {@link MailKind}.
 */
@org.jspecify.annotations.NullMarked
package dev.herald.server.delivery;
