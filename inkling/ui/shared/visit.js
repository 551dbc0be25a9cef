// Keeps the visit's id in a cookie. Where another tab has set it first, Python is told of that id,
// and of "" where the browser keeps no cookies.

const read = (name) =>
  document.cookie
    .split("; ")
    .find((each) => each.startsWith(`${name}=`))
    ?.slice(name.length + 1)

export default function ({ data, setStateValue }) {
  const known = read(data.cookie)
  if (known && known !== data.visit && /^[\w-]{32,64}$/.test(known)) {
    setStateValue("found", known)
    return
  }
  const isSafe = location.protocol === "https:" ? "; Secure" : ""
  document.cookie = `${data.cookie}=${data.visit}; Max-Age=${data.seconds}; Path=/; SameSite=Strict${isSafe}`
  if (read(data.cookie) !== data.visit) setStateValue("found", "")
}
