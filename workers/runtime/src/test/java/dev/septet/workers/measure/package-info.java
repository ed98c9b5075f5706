@NullMarked
package dev.septet.workers.measure;

import org.jspecify.annotations.NullMarked;
