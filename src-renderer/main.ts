import { mount } from 'svelte'
import App from './App.svelte'
import './app.css'
import { createClient } from './client/connect.ts'
import { AppState } from './state/app-state.svelte.ts'
import { showAsLastTime } from './state/appearance.ts'

showAsLastTime()
const state = new AppState(createClient())
state.start()
mount(App, { target: document.getElementById('app')!, props: { state } })
