package dev.herald.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.OptionalDouble;

/** What Linux tells about a process; nothing elsewhere. */
final class ProcessFigures {
    /** USER_HZ, the same on every architecture Linux shows it for. */
    private static final double TICKS_A_SECOND = 100;

    private static final double KIB_A_MB = 1024;

    private ProcessFigures() {}

    /** Seconds of CPU of a process, all its threads, to a hundredth. */
    static OptionalDouble cpuSeconds(long pid) {
        return ticks(pid, 0, 1);
    }

    /** Seconds of CPU of children that a process has seen end. */
    static OptionalDouble endedChildrenCpuSeconds(long pid) {
        return ticks(pid, 2, 3);
    }

    /** Seconds of CPU of a process with one thread, to the microsecond. */
    static OptionalDouble exactCpuSeconds(long pid) {
        try {
            String text = Files.readString(Path.of("/proc", Long.toString(pid), "schedstat"));
            return OptionalDouble.of(Long.parseLong(text.substring(0, text.indexOf(' '))) / 1e9);
        } catch (IOException e) {
            return OptionalDouble.empty();
        }
    }

    /** Megabytes of memory in use now. */
    static OptionalDouble residentMb(long pid) {
        return status(pid, "VmRSS:");
    }

    /** The most megabytes of memory it ever used. */
    static OptionalDouble peakMb(long pid) {
        return status(pid, "VmHWM:");
    }

    private static OptionalDouble status(long pid, String name) {
        try {
            return Files.readAllLines(Path.of("/proc", Long.toString(pid), "status")).stream()
                    .filter(line -> line.startsWith(name))
                    .mapToDouble(line -> Double.parseDouble(line.replaceAll("[^0-9]", "")) / KIB_A_MB)
                    .findFirst();
        } catch (IOException e) {
            return OptionalDouble.empty();
        }
    }

    /** The sum of two of the four times, which are utime, stime, cutime and cstime. */
    private static OptionalDouble ticks(long pid, int one, int other) {
        try {
            String stat = Files.readString(Path.of("/proc", Long.toString(pid), "stat"));
            // The second field is a name in brackets, which may hold anything; utime is the 12th behind it.
            String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ", -1);
            int utime = 11;
            return OptionalDouble.of(
                    (Long.parseLong(fields[utime + one]) + Long.parseLong(fields[utime + other])) / TICKS_A_SECOND);
        } catch (IOException e) {
            return OptionalDouble.empty();
        }
    }
}
