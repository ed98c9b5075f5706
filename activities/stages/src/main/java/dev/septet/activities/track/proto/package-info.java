/** Messages of protocol buffers without generated classes. */
@NullMarked
package dev.septet.activities.track.proto;

import org.jspecify.annotations.NullMarked;
