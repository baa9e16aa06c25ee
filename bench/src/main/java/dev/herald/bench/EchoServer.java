package dev.herald.bench;

import com.google.protobuf.Timestamp;
import dev.herald.v1.TokenServiceGrpc;
import dev.herald.v1.ValidateTokenRequest;
import dev.herald.v1.ValidateTokenResponse;
import io.grpc.Server;
import io.grpc.netty.shaded.io.grpc.netty.NettyServerBuilder;
import io.grpc.stub.StreamObserver;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.logging.Level;
import java.util.logging.Logger;

/** The least a gRPC server in Java can do: takes ValidateToken's request, and answers with one made before. A process of its own. */
public final class EchoServer extends TokenServiceGrpc.TokenServiceImplBase {
    static final String SERVING = "echo serves on port ";
    private static final long SECOND = 1_767_225_600;
    /** A load generator that goes away amid its calls would have it log thousands of lines. Held, or it would be forgotten. */
    private static final Logger LIBRARY = Logger.getLogger("io.grpc");

    private final ValidateTokenResponse answer = ValidateTokenResponse.newBuilder()
            .setValid(true)
            .setStudentProfileId(4_711)
            .setSessionId(42)
            .setIssuedAt(Timestamp.newBuilder().setSeconds(SECOND))
            .setExpiresAt(Timestamp.newBuilder().setSeconds(SECOND + 3_600))
            .build();

    private EchoServer() {}

    /** Serves until it is ended. */
    public static void main(String[] arguments) throws IOException, InterruptedException {
        LIBRARY.setLevel(Level.OFF);
        Server server = NettyServerBuilder.forAddress(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))
                .directExecutor()
                .addService(new EchoServer())
                .build()
                .start();
        System.out.println(SERVING + server.getPort());
        server.awaitTermination();
    }

    @Override
    public void validateToken(ValidateTokenRequest request, StreamObserver<ValidateTokenResponse> response) {
        response.onNext(answer);
        response.onCompleted();
    }
}
