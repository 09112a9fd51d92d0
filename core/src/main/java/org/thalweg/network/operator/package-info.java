/** Networks that advance fields of partial differential equations in time: operator Transformers with experts. */
package org.thalweg.network.operator;
