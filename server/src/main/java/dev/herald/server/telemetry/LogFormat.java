package dev.herald.server.telemetry;

/** How the log is written. */
public enum LogFormat {
    /** A line an event, for people. */
    TEXT,
    /** A JSON object on a line an event, for programs. */
    JSON
}
