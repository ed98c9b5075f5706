/** What the build of a release writes beside jars: licences of the libraries, and the Temporal CLI. */
@NullMarked
package dev.septet.release;

import org.jspecify.annotations.NullMarked;
