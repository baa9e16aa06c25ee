package dev.herald.server.badinput;

import dev.herald.server.testing.RawCall.Answer;
import io.grpc.MethodDescriptor;

/**
 * A row of the table.
 *
 * @param number from B1 to B38
 * @param what what is wrong
 * @param place the server it is sent to
 * @param sending sends it
 * @param expected what must come back
 */
record BadInput(String number, String what, Place place, Sending sending, Expected expected) {
    /** The servers there are. */
    enum Place {
        /** Delivers nothing, so that whatever changes in its database was written by the call. */
        QUIET,
        /** Delivers to a scripted relay. */
        MAIL,
        /** Stands still at the moment bad tokens are made for. */
        TOKENS,
        /** Has a directory with INTEGER ids. */
        INTEGERS
    }

    /** Sends something. */
    interface Sending {
        Answer send(Scene scene) throws Exception;
    }

    /** One message as an administrator, to the server that delivers nothing. */
    static <Q> BadInput row(String number, String what, MethodDescriptor<Q, ?> method, Q request, Expected expected) {
        return row(number, what, Place.QUIET, scene -> scene.call(method, request), expected);
    }

    static BadInput row(String number, String what, Place place, Sending sending, Expected expected) {
        return new BadInput(number, what, place, sending, expected);
    }

    @Override
    public String toString() {
        return number + " " + what;
    }
}
