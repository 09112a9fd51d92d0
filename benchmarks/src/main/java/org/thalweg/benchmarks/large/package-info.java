/** What the commands take on checkpoints of gigabytes, in time and memory, beside what the work itself must take. */
package org.thalweg.benchmarks.large;
