def f(x = { new File('CANARY').text = 'x' }()) { x }
f()
pipeline('p') {
    prepare { dataset 'a.jsonl' }
    initialize { model 'm' }
    train { method lora() }

}
