/** The figures of run.mjs as lines. A goal that is missed says so. */
export function table(rows, names) {
  const head = [
    'job'.padEnd(14),
    ...names.map((name) => `${name}/s`.padStart(11)),
    ...names.map((name) => `${name} MB/s`.padStart(14)),
    ...['ratio', 'spread', 'goal'].map((word) => word.padStart(7)),
    ...names.map((name) => `${name} µs/op`.padStart(15)),
    ...['cpu', 'goal'].map((word) => word.padStart(6)),
  ]
  const lines = rows.map((row) => {
    const number = (n, width, digits) => (n === undefined ? '-' : n.toFixed(digits)).padStart(width)
    const missed = [
      row.goal !== undefined && row.ratio < row.goal && 'BELOW GOAL',
      row.cpuGoal !== undefined && row.cpuRatio > row.cpuGoal && 'TOO MUCH PROCESSOR',
    ].filter(Boolean)
    return [
      row.name.padEnd(14),
      ...names.map((name) => number(row.targets[name]?.iops, 11, 0)),
      ...names.map((name) => number(row.targets[name]?.mbps, 14, 0)),
      number(row.ratio, 7, 2),
      number(row.ratioSpread, 7, 2),
      number(row.goal, 7, 1),
      ...names.map((name) => number(row.targets[name]?.cpuMicros, 15, 1)),
      number(row.cpuRatio, 6, 2),
      number(row.cpuGoal, 6, 1),
      ...(missed.length > 0 ? [` ${missed.join(', ')}`] : []),
    ].join('')
  })
  return [head.join(''), ...lines].join('\n')
}
