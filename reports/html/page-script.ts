/** The only script of the page: it hides rows that are not asked for, and opens the stage that a link leads to. Without it, all are there. */
import { createHash } from 'node:crypto'

export const script = `
const main = document.querySelector('main')
const bar = document.createElement('form')
bar.className = 'filter'
bar.setAttribute('role', 'search')
bar.innerHTML = '<input type="search" aria-label="Find in every table" placeholder="Find"><label><input type="checkbox"> not passed</label><output></output>'
main.querySelector('.contents').append(bar)
const [search, open] = bar.querySelectorAll('input')
const rows = [...main.querySelectorAll('tbody tr, .findings > li')]
const opened = new Set()
const reveal = () => {
  const fold = document.getElementById(location.hash.slice(1))?.querySelector('details.fold')
  if (fold) fold.open = true
}
addEventListener('hashchange', reveal)
reveal()
bar.addEventListener('submit', (event) => event.preventDefault())
bar.addEventListener('input', () => {
  const wanted = search.value.trim().toLowerCase()
  const asked = wanted !== '' || open.checked
  let shown = 0
  for (const row of rows) {
    const isOpen = row.querySelector('.verdict:not(.pass), .severity') !== null
    const fits = row.textContent.toLowerCase().includes(wanted) && (!open.checked || isOpen)
    row.hidden = !fits
    if (fits) shown++
  }
  for (const details of main.querySelectorAll('details')) {
    const has = asked && details.querySelector('tbody tr:not([hidden]), .findings > li:not([hidden])') !== null
    if (has && !details.open) opened.add(details)
    if (opened.has(details)) details.open = has
  }
  bar.querySelector('output').textContent = asked ? shown + ' rows' : ''
})
`

/** For the page's policy, which lets nothing else run (CSP 3, "Integrity of inline scripts"). */
export const scriptHash = `sha256-${createHash('sha256').update(script).digest('base64')}`
