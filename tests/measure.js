// What only a browser knows of a page: colours as they are seen, sizes as they are laid out.
// Each function returns what is wrong, a few words a case; an empty list says that all is well.

window.measure = (() => {
  const named = (element) => {
    const words = (element.textContent || element.getAttribute('aria-label') || '').trim().replace(/\s+/g, ' ')
    const mark = element.className ? `.${String(element.className).replace(/ /g, '.')}` : ''
    return `${element.localName}${mark} “${words.slice(0, 40)}”`
  }

  const shown = (element) =>
    element.checkVisibility({ visibilityProperty: true, opacityProperty: true, contentVisibilityAuto: true })

  // ── Colours ─────────────────────────────────────────────────────────────────────────────────

  const canvas = new OffscreenCanvas(1, 1).getContext('2d', { willReadFrequently: true })

  // Any colour that CSS can write, as red, green, blue and alpha.
  const colour = (text) => {
    canvas.clearRect(0, 0, 1, 1)
    canvas.fillStyle = text
    canvas.fillRect(0, 0, 1, 1)
    const [red, green, blue, alpha] = canvas.getImageData(0, 0, 1, 1).data
    return [red, green, blue, alpha / 255]
  }

  const over = (upper, lower) =>
    [0, 1, 2].map((i) => upper[i] * upper[3] + lower[i] * (1 - upper[3])).concat(1)

  const luminance = ([red, green, blue]) => {
    const [r, g, b] = [red, green, blue].map((value) => {
      const part = value / 255
      return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4
    })
    return 0.2126 * r + 0.7152 * g + 0.0722 * b
  }

  const ratio = (one, other) => {
    const [dark, light] = [luminance(one), luminance(other)].sort((a, b) => a - b)
    return (light + 0.05) / (dark + 0.05)
  }

  const background = (element) => {
    const layers = []
    for (let one = element; one; one = one.parentElement) {
      layers.push(colour(getComputedStyle(one).backgroundColor))
    }
    const white = matchMedia('(prefers-color-scheme: dark)').matches ? [18, 18, 18, 1] : [255, 255, 255, 1]
    return layers.reverse().reduce((below, layer) => over(layer, below), white)
  }

  // Every text on the page with the contrast that it has: [words, ratio, whether it has the colour of running text].
  const texts = () => {
    const found = []
    const ink = getComputedStyle(document.body).color
    const told = (element, style, words) => {
      const behind = background(element)
      found.push([words, ratio(over(colour(style.color), behind), behind), style.color === ink])
    }
    const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT)
    while (walker.nextNode()) {
      const element = walker.currentNode.parentElement
      if (!walker.currentNode.data.trim() || ['SCRIPT', 'STYLE'].includes(element.tagName) || !shown(element)) continue
      told(element, getComputedStyle(element), named(element))
    }
    for (const element of document.body.querySelectorAll('*')) {
      if (!shown(element)) continue
      for (const part of ['::before', '::after', '::marker']) {
        const style = getComputedStyle(element, part)
        const marked = part === '::marker' && getComputedStyle(element).display === 'list-item'
        if (marked || !['none', 'normal', ''].includes(style.content)) told(element, style, named(element) + part)
      }
    }
    return found
  }

  const contrasts = (least, quiet) =>
    texts()
      .filter(([, found, loud]) => found < (loud ? least : quiet))
      .map(([words, found]) => `${words}: ${found.toFixed(2)} : 1`)

  // ── Room ────────────────────────────────────────────────────────────────────────────────────

  const hidden = (element) => {
    const box = element.getBoundingClientRect()
    return box.width <= 1 || box.height <= 1
  }

  // What is wider than the window, and what a box of its own cuts off.
  const overflow = () => {
    const root = document.documentElement
    const wide = root.scrollWidth > root.clientWidth
    const found = wide ? [`the page is ${root.scrollWidth} px wide in ${root.clientWidth}`] : []
    for (const element of document.body.querySelectorAll('*')) {
      if (!shown(element) || hidden(element)) continue
      const box = element.getBoundingClientRect()
      if (wide && (box.right > root.clientWidth + 1 || box.left < -1)) found.push(`sticks out: ${named(element)}`)
      const style = getComputedStyle(element)
      const across = ['hidden', 'clip'].includes(style.overflowX) && element.scrollWidth > element.clientWidth + 1
      const down = ['hidden', 'clip'].includes(style.overflowY) && element.scrollHeight > element.clientHeight + 1
      if (across || down) found.push(`cut off: ${named(element)}`)
    }
    return found
  }

  // ── Targets ─────────────────────────────────────────────────────────────────────────────────

  const TARGETS = 'a[href], summary, button, input, select, textarea, [tabindex]:not([tabindex="-1"])'

  const lines = (element) => {
    for (let one = element.parentElement; one; one = one.parentElement) {
      if (!getComputedStyle(one).display.startsWith('inline')) return one
    }
    return document.body
  }

  // A link among words: its size is that of the line it stands in.
  const running = (element) => {
    if (!getComputedStyle(element).display.startsWith('inline')) return false
    const words = (node) => node.textContent.replace(/[\s·()]+/g, '')
    return words(lines(element)).length > words(element).length
  }

  const targets = () => [...document.querySelectorAll(TARGETS)].filter((one) => shown(one) && !hidden(one))

  // Targets that are smaller than `least` and that have not so much room around their middle either.
  const small = (least) => {
    const boxes = targets().map((element) => [element, element.getBoundingClientRect()])
    const middle = (box) => [box.x + box.width / 2, box.y + box.height / 2]
    return boxes
      .filter(([element, box]) => box.width < least || box.height < least)
      .filter(([element]) => !running(element))
      .filter(([element, box]) => {
        const [x, y] = middle(box)
        return boxes.some(([other, its]) => {
          if (other === element) return false
          const [left, top] = middle(its)
          const tight = its.width < least || its.height < least ? Math.hypot(left - x, top - y) < least : false
          const near = Math.hypot(
            Math.max(its.left - x, 0, x - its.right), Math.max(its.top - y, 0, y - its.bottom))
          return tight || near < least / 2
        })
      })
      .map(([element, box]) => `${named(element)}: ${box.width.toFixed(1)} × ${box.height.toFixed(1)} px`)
  }

  // Links from page to page that are lower than `least`.
  const low = (selector, least) =>
    [...document.querySelectorAll(selector)]
      .filter((one) => shown(one) && one.getBoundingClientRect().height < least - 0.5)
      .map((one) => `${named(one)}: ${one.getBoundingClientRect().height.toFixed(1)} px high`)

  // ── Focus ───────────────────────────────────────────────────────────────────────────────────

  // What has the focus: whether that can be seen, and whether it lies before all else.
  const focus = () => {
    const element = document.activeElement
    if (!element || element === document.body) return null
    const style = getComputedStyle(element)
    const wrong = []
    if (style.outlineStyle === 'none' || parseFloat(style.outlineWidth) < 2) wrong.push('no outline')
    else if (ratio(over(colour(style.outlineColor), background(element)), background(element)) < 3) wrong.push('faint outline')
    const boxes = [...element.getClientRects()].filter((box) => box.width && box.height)
    const inside = (box) => box.top < innerHeight && box.bottom > 0 && box.left < innerWidth && box.right > 0
    if (!boxes.some(inside)) wrong.push('out of the window')
    else if (!boxes.filter(inside).some((box) => {
      const top = document.elementFromPoint(box.left + box.width / 2, box.top + box.height / 2)
      return top && (top === element || element.contains(top) || top.contains(element))
    })) wrong.push('hidden behind something')
    const place = targets().indexOf(element)
    return { place, wrong: wrong.map((one) => `${named(element)}: ${one}`) }
  }

  const inView = (element) => {
    const box = element.getBoundingClientRect()
    return box.top < innerHeight && box.bottom > 0
  }

  return { contrasts, focus, inView, low, overflow, small, targets, texts }
})()
