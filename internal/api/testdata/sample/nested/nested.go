package nested

const Never = 1
