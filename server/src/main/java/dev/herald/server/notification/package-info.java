/**
 * Floor 5: the attendance mail of a class session. {@link NotificationGrpcService} is the door; behind it
 * {@link NotificationGenerator}, {@link NotificationRetrier}, {@link NotificationCanceller} and {@link NotificationReader};
 * {@link AttendanceMail} makes the mails when the delivery engine asks for them.
 */
@org.jspecify.annotations.NullMarked
package dev.herald.server.notification;
