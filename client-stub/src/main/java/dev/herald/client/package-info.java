/** x */
package dev.herald.client;
