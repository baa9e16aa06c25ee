/**
 * Floor 0: settings as they come from the environment, a file and flags. The only home of the process environment. Each
 * room has its own XConfig record, read through {@link SettingsReader}, which notes each {@link SettingFault}. {@link FileWatch} tells when their files change.
 */
@org.jspecify.annotations.NullMarked
package dev.herald.server.config;
