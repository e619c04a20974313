package one

const Never = 1
