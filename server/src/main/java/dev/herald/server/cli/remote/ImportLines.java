package dev.herald.server.cli.remote;

import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.util.JsonFormat;
import dev.herald.v1.ImportRequest;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Iterator;
import java.util.NoSuchElementException;
import org.jspecify.annotations.Nullable;

/** Items of a bulk load, one a line as JSON, read as they are asked for. Blank lines are passed over. For one thread. */
final class ImportLines implements Iterator<ImportRequest> {
    private final BufferedReader lines;
    private long number;
    private @Nullable String next;

    ImportLines(InputStream stream) {
        this.lines = new BufferedReader(new InputStreamReader(stream, StandardCharsets.UTF_8));
    }

    @Override
    public boolean hasNext() {
        while (next == null || next.isBlank()) {
            next = read();
            if (next == null) {
                return false;
            }
            number++;
        }
        return true;
    }

    @Override
    public ImportRequest next() {
        if (!hasNext() || next == null) {
            throw new NoSuchElementException();
        }
        ImportRequest item = parse(next);
        next = null;
        return item;
    }

    private @Nullable String read() {
        try {
            return lines.readLine();
        } catch (IOException e) {
            throw new UncheckedIOException("can't read on behind line " + number + ": " + e.getMessage(), e);
        }
    }

    private ImportRequest parse(String line) {
        ImportRequest.Builder item = ImportRequest.newBuilder();
        try {
            JsonFormat.parser().merge(line, item);
            return item.build();
        } catch (InvalidProtocolBufferException e) {
            throw new UncheckedIOException("line " + number + " is no item: " + fault(e), e);
        }
    }

    /** The parser quotes what it read, which can be an address; of its sentences the one that names a field alone is passed on. */
    private static String fault(InvalidProtocolBufferException failure) {
        String said = String.valueOf(failure.getMessage());
        return said.startsWith("Cannot find field: ")
                ? said
                : "write one such as {\"course\": {\"course_id\": 1, …}}, one to a line";
    }
}
