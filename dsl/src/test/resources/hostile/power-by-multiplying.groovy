def a = 1e300
def big = a * a * a
pipeline('p') {
    prepare { dataset 'a.jsonl' }
    initialize { model 'm' }
    train { method lora() }
    setup { seed big }
}
