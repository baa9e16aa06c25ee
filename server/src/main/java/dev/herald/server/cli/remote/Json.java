package dev.herald.server.cli.remote;

import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Message;
import com.google.protobuf.util.JsonFormat;

/** Messages of the contract as JSON (ProtoJSON). */
final class Json {
    private static final JsonFormat.Printer PRINTER = JsonFormat.printer()
            .alwaysPrintFieldsWithNoPresence()
            .sortingMapKeys()
            .omittingInsignificantWhitespace();

    private Json() {}

    /** A message in one line, zeros and empty lists included, so that a program finds each field. */
    static String line(Message message) {
        try {
            return PRINTER.print(message);
        } catch (InvalidProtocolBufferException e) {
            throw new IllegalStateException("the contract holds no Any", e);
        }
    }
}
