package dev.herald.server.testing;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import dev.herald.server.caller.Role;
import dev.herald.server.testing.HeraldProcess.Finished;
import java.nio.file.Path;
import java.util.List;

/** Calls a server as somebody does who has nothing but its address and a token: by reflection, in JSON. */
public record BufCurl(int port, Role role) {
    /** The program, which the build of the contract puts there. */
    public static Path program() {
        return HeraldProcess.root().resolve("proto/target/buf/buf.exe");
    }

    /** The answer of a call that must succeed. */
    public JsonObject call(String method, String json) {
        Finished answer = run(method, json);
        assertThat(answer.exitCode()).as(method + ": " + answer.err()).isZero();
        return JsonParser.parseString(answer.out()).getAsJsonObject();
    }

    /** What a call that must fail says. */
    public String failure(String method, String json) {
        Finished answer = run(method, json);
        assertThat(answer.exitCode()).as(method + " fails").isNotZero();
        return answer.err();
    }

    private Finished run(String method, String json) {
        ProcessBuilder builder = new ProcessBuilder(List.of(
                program().toString(),
                "curl",
                "--protocol",
                "grpc",
                "--http2-prior-knowledge",
                "-H",
                "authorization: Bearer " + HeraldFixture.bearer(role),
                "--reflect-header",
                "authorization: Bearer " + HeraldFixture.bearer(role),
                "-d",
                json,
                "http://127.0.0.1:" + port + "/" + method));
        return HeraldProcess.finish(builder);
    }
}
