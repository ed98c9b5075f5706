pipeline('p') {
    prepare {
        dataset 'a.jsonl'
        filter { 9 ** 99999999 > 1 }
    }
    initialize { model 'm' }
    train { method lora() }
}
